"""The words of the demonstration: names, places and things, all fictional once they are put together."""

from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


FAMILY_NAMES: Final = _listed("""
    Martin, Bernard, Thomas, Petit, Robert, Richard, Durand, Dubois, Moreau, Laurent, Simon, Michel, Lefèvre, Leroy,
    Roux, David, Bertrand, Morel, Fournier, Girard, Bonnet, Dupont, Lambert, Fontaine, Rousseau, Vincent, Müller,
    Lefebvre, Faure, André, Mercier, Blanc, Guérin, Boyer, Garnier, Chevalier, François, Legrand, Gauthier, Perrin,
    Robin, Clément, Morin, Nicolas, Henry, Roussel, Mathieu, Gautier, Masson, Marchand, Duval, Denis, Dumont, Marie,
    Lemaire, Noël, Meyer, Dufour, Meunier, Brun, Blanchard, Giraud, Joly, Rivière, Lucas, Brunet, Gaillard, Barbier,
    Arnaud, Martínez, Gérard, Roche, Renard, Schmitt, Roy, Leroux, Colin, Vidal, Caron, Picard, Roger, Fabre, Aubert,
    Lemoine, Renaud, Dumas, Lacroix, Olivier, Philippe, Bourgeois, Pierre, Benoît, Rey, Leclerc, Payet, Rolland,
    Leclercq, Guillaume, Lecomte, López, Jean, Dupuy, Guillot, Hubert, Berger, Carpentier, Sánchez, Dupuis, Moulin,
    Louis, Deschamps, Huet, Vasseur, Perez, Boucher, Fleury, Royer, Klein, Jacquet, Adam, Paris, Poirier, Marty,
    Aubry, Guyot, Carré, Charles, Renault, Charpentier, Ménard, Maillard, Baron, Bertin, Bailly, Hervé, Schneider,
    Fernández, Le Gall, Collet, Léger, Bouvier, Julien, Prévost, Millet, Perrot, Daniel, Le Roux, Cousin, Germain,
    Breton, Besson, Langlois, Rémy, Le Goff, Pelletier, Lévêque, Perrier, Leblanc, Barré, Lebrun, Marchal, Weber,
    Mallet, Hamon, Boulanger, Jacob, Monnier, Michaud, Rodríguez, Guichard, Gillet, Étienne, Grondin, Poulain, Tessier,
    Chevallier, Collin, Chauvin, Da Silva, Bouchet, Gay, Lemaître, Bénard, Maréchal, Humbert, Reynaud, Antoine, Hoarau,
    Perret, Barthélemy, Cordier, Pichon, Lejeune, Gilbert, Lamy, Delaunay, Pasquier, Carlier, Laporte, Sœur, Lebœuf,
    Le Cœur, Œuvrard, D'Angelo, D'Almeida, N'Diaye, N'Guessan, M'Bappé, O'Connor, L'Hostis, De Sousa, Dos Santos,
    Ferreira, Gonçalves, Pereira, Oliveira, Rodrigues, Fernandes, Marques, Gomes, Lopes, Alves, Araújo, Conceição,
    Abdelmalek, Benali, Bouzid, Belkacem, Haddad, Hamidi, Khelifi, Mansouri, Meziane, Saïdi, Slimani, Zerrouki, Amrani,
    Bennani, El Amrani, El Fassi, Idrissi, Tazi, Ben Salah, Trabelsi, Jaziri, Gharbi, Ayari, Diallo, Traoré, Coulibaly,
    Keïta, Diarra, Sissoko, Konaté, Koné, Ouattara, Touré, Camara, Bah, Barry, Sow, Diop, Fall, Gueye, Seck, Ndiaye,
    Mendy, Kouassi, Kouamé, Mbemba, Makosso, Nzinga, Tshibangu, Rakotomalala, Randria, Ramdane, Abdallah, Soilihi,
    Nguyễn, Nguyen, Trần, Phạm, Lê, Huỳnh, Chen, Wang, Zhang, Li, Wu, Xu, Kim, Park, Singh, Kumar, Sivakumar, Hussain,
    Khan, Rahman, Ahmed, Kaya, Yılmaz, Demir, Şahin, Çelik, Öztürk, Aydın, Arslan, Hovhannissian, Sarkissian,
    Petrosyan, Kowalski, Nowak, Wiśniewski, Zieliński, Popescu, Ionescu, Dumitrescu, Petrović, Jovanović, Đorđević,
    Hodžić, Krasniqi, Hoxha, Ivanov, Petrov, Shevchenko, Kovalenko, Rossi, Russo, Esposito, Bianchi, Romano, García,
    Muñoz, Ibáñez, Núñez, Van den Berg, De Backer, Jørgensen, Håkansson, Maïga, Aït-Ahmed, Bouaziz, Chérif, Daoudi
""")

GIVEN_NAMES: Final = _listed("""
    Emma, Jade, Louise, Alice, Chloé, Inès, Léa, Manon, Lina, Rose, Léna, Anna, Mila, Ambre, Julia, Zoé, Juliette, Lou,
    Agathe, Camille, Sarah, Jeanne, Nina, Eva, Louna, Lola, Romane, Éva, Mia, Charlotte, Lucie, Iris, Margaux, Victoria,
    Inaya, Yasmine, Nour, Assia, Sofia, Lyna, Amira, Aya, Maryam, Fatoumata, Aminata, Aïssatou, Mariam, Awa, Khadija,
    Salma, Aïcha, Hafsa, Sirine, Maïssa, Clémence, Noémie, Océane, Anaïs, Maëlys, Élise, Héloïse, Capucine, Constance,
    Apolline, Maëlle, Solène, Gaëlle, Axelle, Célia, Elif, Zeynep, Defne, Ayşe, Ana, Beatriz, Mariana, Linh, Mai, Ngọc,
    Xinyi, Mei, Anastasia, Daria, Oksana, Zofia, Ioana, Andreea, Nare, Lusine, Divya, Ananya, Priya, Marie-Lou,
    Anne-Sophie, Lou-Anne, Marie-Ange, Lily-Rose, Élisa, Noa, Gabriel, Léo, Raphaël, Louis, Lucas, Adam, Arthur, Jules,
    Hugo, Maël, Liam, Ethan, Paul, Nathan, Gabin, Sacha, Noah, Tom, Mohamed, Aaron, Théo, Noé, Victor, Martin, Mathis,
    Timéo, Nolan, Enzo, Axel, Antoine, Léon, Marius, Eliott, Valentin, Baptiste, Clément, Samuel, Augustin, Maxence,
    Rayan, Ibrahim, Yanis, Amine, Ismaël, Imran, Youssef, Naïm, Ilyès, Bilal, Mehdi, Sofiane, Karim, Amadou, Mamadou,
    Moussa, Ousmane, Boubacar, Abdoulaye, Cheikh, Kylian, Wesley, Christ-Emmanuel, Jean-Baptiste, Pierre-Louis,
    Jean-Noël, Paul-Émile, Mohamed-Ali, Côme, Gaël, Loïc, Benoît, François, Grégoire, Joël, Anaël, Tristan, Bastien,
    Émile, Éloi, Aurélien, Thaïs, Emre, Deniz, Yusuf, Mustafa, Kerem, Tiago, Rafael, João, Duarte, Davi, Minh, Tuấn,
    Quốc-Anh, Haoran, Yichen, Ivan, Dmytro, Maksym, Oleksandr, Jakub, Andrei, Matei, Stefan, Luka, Nikola, Aram, Tigran,
    Arjun, Rohan, Ali, Omar, Hamza, Idriss, Younès, Marwan, Élias, Isaac, Joseph, David, Ezra, Nahel, Kaïs, Célestin
""")

SCHOOL_NAMES: Final = _listed("""
    les Tilleuls, les Iris, les Marronniers, du Vieux Moulin, des Deux Rives, la Sarra, les Églantines, du Grand Pré,
    les Platanes, de la Source, des Quatre Vents, les Cèdres, la Clairière, du Parc, les Hirondelles, les Balmes,
    Ada Lovelace, Rosa Bonheur, Louise Labé, Hélène Boucher, Sophie Germain, Joséphine Baker, Aimé Césaire,
    Émilie du Châtelet, Marie Laurencin, Camille Claudel, Germaine Tillion, Ella Maillart, Olympe de Gouges,
    Alice Guy, Jean Moulin, Léopold Sédar Senghor, Antoine de Saint-Exupéry, Pauline Kergomard, Célestin Freinet,
    Marcel Pagnol, Jacques Prévert, Robert Doisneau, Paul-Émile Victor, Évariste Galois, Blaise Pascal, Jean Macé,
    René Cassin, Georges Perec, Albert Londres, Édouard Herriot, Gaston Ramon, Marguerite Yourcenar, Irène Curie,
    Françoise Dolto, Simone Signoret, Barbara, Anne Sylvestre, Nelson Mandela, Rosa Parks, Tony Garnier
""")

COMMUNES: Final = (
    ("Lyon", "69001"), ("Lyon", "69003"), ("Villeurbanne", "69100"), ("Vénissieux", "69200"),
    ("Vaulx-en-Velin", "69120"), ("Saint-Priest", "69800"), ("Caluire-et-Cuire", "69300"), ("Bron", "69500"),
    ("Lyon", "69008"), ("Rillieux-la-Pape", "69140"), ("Décines-Charpieu", "69150"), ("Oullins", "69600"),
    ("Meyzieu", "69330"), ("Givors", "69700"), ("Saint-Fons", "69190"), ("Écully", "69130"), ("Lyon", "69009"),
    ("Tassin-la-Demi-Lune", "69160"), ("Sainte-Foy-lès-Lyon", "69110"), ("Saint-Genis-Laval", "69230"),
    ("Francheville", "69340"), ("Feyzin", "69320"), ("Mions", "69780"), ("Chassieu", "69680"), ("Lyon", "69007"),
    ("Neuville-sur-Saône", "69250"), ("Pierre-Bénite", "69310"), ("Corbas", "69960"), ("Craponne", "69290"),
    ("Dardilly", "69570"), ("Grigny", "69520"), ("Irigny", "69540"), ("Fontaines-sur-Saône", "69270"),
    ("La Mulatière", "69350"), ("Champagne-au-Mont-d'Or", "69410"), ("Saint-Cyr-au-Mont-d'Or", "69450"),
    ("Lyon", "69002"), ("Lyon", "69004"), ("Lyon", "69005"), ("Lyon", "69006"),
)  # fmt: skip

STREETS: Final = _listed("""
    rue des Tilleuls, avenue de la République, rue de l'Église, chemin des Balmes, rue du Canal, place du Marché,
    montée du Fort, rue de la Fraternité, avenue Jean Jaurès, rue des Écoles, quai de Saône, impasse du Lavoir
""")

SUPPLIERS: Final = _listed("""
    Saône Numérique, Bureautique des Monts d'Or, Rhône Éducation Équipement, Les Ateliers du Poste de Travail,
    Confluence Informatique
""")

DEPOTS: Final = ("Gerland", "Carré de Soie")

WORDING: Final = {
    "authority": "Métropole, direction des services numériques",
    "helpline": "04 65 71 12 34, du lundi au vendredi de 8 h à 18 h",
    "appeal": "Métropole, service des prêts, 1 place du Marché, 69100 Villeurbanne",
    "place": "Villeurbanne",
}
"""What the demonstration's papers say; the phone number is one of those kept for fiction."""
